// vue-disqus 5 for Vue 3.
import { createApp, h, ref } from "vue";
import VueDisqus from "vue-disqus";
import { Disqus, DisqusCount } from "vue-disqus";

const path = ref(location.pathname.replace(/^\/[^/]+/, ""));
const payload = window.SSO && { remote_auth_s3: window.SSO.remote_auth_s3, api_key: window.SSO.api_key };
const note = (name) => (value) => window.seen.push(name + (value?.text ? ` ${value.text}` : ""));

function draw() {
  if (path.value === "/none") return h("p", "No comments here");
  if (path.value === "/list") {
    return ["/one", "/two"].map((p) => h(DisqusCount, { class: "n", identifier: `vue${p}`, url: `${window.NEWS}/vue${p}`, tag: p === "/one" ? "span" : "a" }));
  }
  const pageConfig = { identifier: `vue${path.value}`, url: `${window.NEWS}/vue${path.value}`, title: "Vue", ...payload };
  return h(Disqus, { key: path.value, pageConfig, ssoConfig: window.SSO?.sso, lang: "en", lazy: path.value === "/two", onReady: note("ready"), onNewComment: note("new-comment") });
}

const app = createApp({ render: () => h("main", draw()) });
app.use(VueDisqus, { shortname: window.SHORTNAME });
app.mount("#app");

window.route = (to) => {
  history.pushState(null, "", `/vue-disqus${to}`);
  path.value = to;
};
window.unmount = () => app.unmount();
