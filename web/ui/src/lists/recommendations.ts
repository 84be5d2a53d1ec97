// recommendations.js: there are no recommendations here. Pages that ask for some find the functions they call, and an empty place.
import { currentSource } from "../shared/script";

if (currentSource("recommendations.js")) {
  const DISQUS_RECOMMENDATIONS = { reset: (): void => document.getElementById("disqus_recommendations")?.replaceChildren() };
  Object.assign(window, { DISQUS_RECOMMENDATIONS }); // not defined: a page may have declared the name with var
  DISQUS_RECOMMENDATIONS.reset();
}
