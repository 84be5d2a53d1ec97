// vue-disqus 4 for Vue 2, with a route of its own so that the component watches it.
import Vue from "vue";
import VueDisqus from "vue-disqus-4";

Vue.config.productionTip = false;
Vue.config.devtools = false;
Vue.use(VueDisqus, { shortname: window.SHORTNAME });

const state = Vue.observable({ path: location.pathname.replace(/^\/[^/]+/, "") });
Object.defineProperty(Vue.prototype, "$route", { get: () => ({ path: state.path }) });
const note = (name) => (value) => window.seen.push(name + (value?.text ? ` ${value.text}` : ""));

const app = new Vue({
  render(h) {
    if (state.path === "/none") return h("p", "No comments here");
    if (state.path === "/list") {
      const count = (path, tag) => h("DisqusCount", { class: "n", props: { identifier: `vue2${path}`, url: `${window.NEWS}/vue2${path}`, tag } });
      return h("main", [count("/one", "span"), count("/two", "a")]);
    }
    const pageConfig = { identifier: `vue2${state.path}`, url: `${window.NEWS}/vue2${state.path}`, title: "Vue 2" };
    return h("main", [h("Disqus", { props: { pageConfig, lazy: false }, on: { ready: note("ready"), "new-comment": note("new-comment") } })]);
  },
}).$mount("#app");

window.route = (to) => {
  history.pushState(null, "", `/vue-disqus-4${to}`);
  state.path = to;
};
window.unmount = () => {
  app.$destroy();
  app.$el.remove();
};
