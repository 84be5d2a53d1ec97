// disqus-react under the React that the bundle is built with: two articles, a list of counts, recommendations.
import React, { StrictMode } from "react";
import { CommentCount, DiscussionEmbed, Recommendations } from "disqus-react";
import { application } from "./react-root.jsx";

const callbacks = ["onReady", "onNewComment", "beforeComment", "onIdentify"];
const signIn = window.SSO && { remoteAuthS3: window.SSO.remote_auth_s3, apiKey: window.SSO.api_key, sso: window.SSO.sso };

function config(path) {
  const noted = Object.fromEntries(callbacks.map((name) => [name, (value) => window.seen.push(name + (value?.text ? ` ${value.text}` : ""))]));
  return { identifier: `react${path}`, url: `${window.NEWS}/react${path}`, title: `React ${path}`, language: "en", ...signIn, ...noted };
}

function Page({ path }) {
  return (
    <main>
      <h1>{path}</h1>
      {path === "/list" && ["/one", "/two"].map((p) => (
        <CommentCount key={p} shortname={window.SHORTNAME} config={{ identifier: `react${p}`, url: `${window.NEWS}/react${p}` }} className="n">...</CommentCount>
      ))}
      {path === "/more" && <Recommendations shortname={window.SHORTNAME} config={config(path)} />}
      {/^\/(one|two|signed)/.test(path) && <DiscussionEmbed shortname={window.SHORTNAME} config={config(path)} />}
    </main>
  );
}

application((path) => <StrictMode><Page path={path} /></StrictMode>);
