// recommendations.js: there are no recommendations here. Pages that ask for some find the functions they call, and an empty place.
import { currentSource } from "../shared/script";

if (currentSource("recommendations.js")) {
  const value = { reset: (): void => document.getElementById("disqus_recommendations")?.replaceChildren() };
  Object.defineProperty(window, "DISQUS_RECOMMENDATIONS", { value, configurable: true, enumerable: true, writable: true });
  value.reset();
}
