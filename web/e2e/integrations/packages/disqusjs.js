// DisqusJS in the mode that the case has put into localStorage: "dsqjs" draws the thread itself from the API, "disqus" loads embed.js.
import DisqusJS from "disqusjs";

const app = new DisqusJS({
  shortname: window.SHORTNAME,
  siteName: "The Evening Post",
  identifier: `dsqjs${location.pathname.replace(/^\/[^/]+/, "")}`,
  url: location.href,
  title: "DisqusJS",
  api: window.API,
  apikey: "public",
  admin: "news",
  adminLabel: "Editor",
});
app.render(document.getElementById("app"));
window.unmount = () => app.destroy();
