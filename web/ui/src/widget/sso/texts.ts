// What is said about signing in. These texts come with their chunk in all languages, because few pages need them.
import type { I18n } from "../i18n";
import { primary } from "../i18n";

const en = {
  signIn: "Sign in",
  as: "Posting as {name}",
  profile: "Profile",
  signOut: "Sign out",
  now: "You are signed in as {name}.",
  ended: "You are not signed in any more. Sign in again; your text is kept.",
  blocked: "Your browser did not open the window. Sign in here, then come back:",
  members: "Sign in to write a comment.",
} as const;

export type Texts = Readonly<Record<keyof typeof en, string>>;

const de: Texts = {
  signIn: "Anmelden",
  as: "Sie schreiben als {name}",
  profile: "Profil",
  signOut: "Abmelden",
  now: "Sie sind angemeldet als {name}.",
  ended: "Sie sind nicht mehr angemeldet. Melden Sie sich neu an; Ihr Text bleibt erhalten.",
  blocked: "Ihr Browser hat das Fenster nicht geöffnet. Melden Sie sich hier an und kommen Sie dann zurück:",
  members: "Melden Sie sich an, um zu kommentieren.",
};

const fr: Texts = {
  signIn: "Se connecter",
  as: "Vous écrivez en tant que {name}",
  profile: "Profil",
  signOut: "Se déconnecter",
  now: "Vous êtes connecté en tant que {name}.",
  ended: "Vous n’êtes plus connecté. Reconnectez-vous ; votre texte est conservé.",
  blocked: "Votre navigateur n’a pas ouvert la fenêtre. Connectez-vous ici, puis revenez :",
  members: "Connectez-vous pour écrire un commentaire.",
};

const es: Texts = {
  signIn: "Iniciar sesión",
  as: "Escribe como {name}",
  profile: "Perfil",
  signOut: "Cerrar sesión",
  now: "Ha iniciado sesión como {name}.",
  ended: "Su sesión ha terminado. Vuelva a iniciarla; su texto se conserva.",
  blocked: "Su navegador no abrió la ventana. Inicie sesión aquí y después vuelva:",
  members: "Inicie sesión para escribir un comentario.",
};

const ar: Texts = {
  signIn: "تسجيل الدخول",
  as: "تكتب باسم {name}",
  profile: "الملف الشخصي",
  signOut: "تسجيل الخروج",
  now: "سجّلت الدخول باسم {name}.",
  ended: "انتهت جلستك. سجّل الدخول مرة أخرى؛ نصّك محفوظ.",
  blocked: "لم يفتح متصفحك النافذة. سجّل الدخول من هنا ثم عُد:",
  members: "سجّل الدخول لكتابة تعليق.",
};

const all: Readonly<Record<string, Texts>> = { en, de, fr, es, ar };

/** The texts in the language of the widget. */
export function textsOf(i18n: I18n): Texts {
  return all[primary(i18n.language)] ?? en;
}
