// A component as people write it without a package: an effect that adds the script and takes everything away again.
import React, { StrictMode, useEffect } from "react";
import { application } from "./react-root.jsx";

function Comments({ path }) {
  useEffect(() => {
    window.disqus_config = function () {
      this.page.url = `${window.NEWS}/hand${path}`;
      this.page.identifier = `hand${path}`;
    };
    const script = document.createElement("script");
    script.src = `https://${window.SHORTNAME}.disqus.com/embed.js`;
    script.async = true;
    document.body.appendChild(script);
    return () => {
      delete window.DISQUS;
      script.remove();
      const thread = document.getElementById("disqus_thread");
      if (thread) thread.innerHTML = "";
    };
  }, [path]);
  return <div id="disqus_thread" />;
}

application((path) => <StrictMode>{path === "/none" ? null : <Comments path={path} />}</StrictMode>);
