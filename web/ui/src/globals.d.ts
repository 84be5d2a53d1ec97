// Names that the build program provides.

/** A style sheet imported by a module is its minified text. */
declare module "*.css" {
  const text: string;
  export default text;
}

/** From chunk name ("more", "de") to file name below /assets/. */
declare const __CHUNKS__: Readonly<Record<string, string>>;
