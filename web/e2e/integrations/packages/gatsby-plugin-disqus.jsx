// gatsby-plugin-disqus, which gets its shortname from the configuration of Gatsby when the site is built.
import React, { StrictMode } from "react";
import { CommentCount, Disqus } from "gatsby-plugin-disqus";
import { application } from "./react-root.jsx";

function Page({ path }) {
  const config = { url: `${window.NEWS}/gatsby${path}`, identifier: `gatsby${path}`, title: path, remoteAuthS3: window.SSO?.remote_auth_s3, apiKey: window.SSO?.api_key };
  return (
    <article>
      <h1>{path}</h1>
      <CommentCount config={config} placeholder="..." />
      <Disqus config={config} />
    </article>
  );
}

application((path) => <StrictMode>{path === "/none" ? <p>No comments here</p> : <Page path={path} />}</StrictMode>);
