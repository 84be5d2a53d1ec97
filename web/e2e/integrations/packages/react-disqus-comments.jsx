// react-disqus-comments, for React 15 and 16: every mount makes a new container, and the address of a later page ends in "#!newthread".
import React from "react";
import DisqusThread from "react-disqus-comments";
import { application } from "./react-root.jsx";

const note = (comment) => window.seen.push(`onNewComment ${comment.text}`);

application((path) => path === "/none" ? <p>No comments here</p> : (
  <DisqusThread
    key={path}
    shortname={window.SHORTNAME}
    identifier={`rdc${path}`}
    title={`Page ${path}`}
    url={`${window.NEWS}/rdc${path}`}
    category_id="123"
    onNewComment={note}
  />
));
