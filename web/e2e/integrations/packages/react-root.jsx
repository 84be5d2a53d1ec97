// Draws an application with whichever React the bundle is built with; react-client is its part for the browser, which versions before 18
// lack. window.route shows a path, window.unmount takes all down.
import * as dom from "react-dom";
import { createRoot } from "react-client";

export function application(draw) {
  const element = document.getElementById("app");
  const root = createRoot
    ? createRoot(element)
    : { render: (content) => dom.render(content, element), unmount: () => dom.unmountComponentAtNode(element) };
  window.route = (path) => {
    history.pushState(null, "", `${location.pathname.split("/").slice(0, 2).join("/")}${path}`);
    root.render(draw(path));
  };
  window.unmount = () => root.unmount();
  root.render(draw(location.pathname.replace(/^\/[^/]+/, "")));
}
