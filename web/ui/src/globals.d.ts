// Names that the build program provides.

/** A style sheet imported by a module is its minified text. */
declare module "*.css" {
  const text: string;
  export default text;
}

/** From chunk name ("more", "de") to the hash in its file's name. */
declare const __CHUNKS__: Readonly<Record<string, string>>;

/** The languages that the widget speaks. */
declare const __LANGUAGES__: readonly string[];

/** The language that a variant of embed.js has built in. */
declare const __LANGUAGE__: string;
