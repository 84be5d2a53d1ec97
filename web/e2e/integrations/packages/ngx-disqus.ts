// ngx-disqus in a standalone component, compiled in the browser.
import "@angular/compiler";
import { ApplicationRef, Component, NgZone } from "@angular/core";
import { CommonModule } from "@angular/common";
import { bootstrapApplication } from "@angular/platform-browser";
import { DISQUS_SHORTNAME, DisqusModule } from "ngx-disqus";

const seen = (window as any).seen as string[];

@Component({
  selector: "app-root",
  standalone: true,
  imports: [CommonModule, DisqusModule],
  template: `<h1>{{ path }}</h1>
    <disqus *ngIf="path !== '/none'" [identifier]="'ngx' + path" [url]="news + '/ngx' + path" [title]="'Angular ' + path" category="7" language="en"
      (ready)="note('ready', $event)" (newComment)="note('newComment', $event)" (paginate)="note('paginate', $event)"></disqus>`,
})
class Root {
  path = location.pathname.replace(/^\/[^/]+/, "");
  news = (window as any).NEWS;
  note(name: string, value: any): void {
    seen.push(name + (value?.text ? ` ${value.text}` : ""));
  }
}

const element = document.createElement("app-root");
document.getElementById("app")!.append(element);
bootstrapApplication(Root, { providers: [{ provide: DISQUS_SHORTNAME, useValue: (window as any).SHORTNAME }] }).then((app: ApplicationRef) => {
  const root = app.components[0].instance as Root;
  Object.assign(window, {
    route: (path: string) => app.injector.get(NgZone).run(() => {
      history.pushState(null, "", `/ngx-disqus${path}`);
      root.path = path;
      app.tick();
    }),
    unmount: () => app.destroy(),
  });
});
