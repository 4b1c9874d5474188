import * as UI from "ui";
const text = "t";
const ns = { Deep: { Tag: (p: { a?: number }) => <b>{p.a}</b> } };
function Generic<T>(props: { of: T; children?: unknown }) { return <>{props.of}</>; }
export const App = <T extends object>({ x, ...rest }: { x: T }) => (
  <UI.Panel {...rest} title="s" flag on-x={() => x} xlink:href="#" render={<i />} {...{ key: 1 }}>
    text {text} {/* nothing */} {...[1, 2]}
    <ns.Deep.Tag a={1} />
    <Generic<string> of="a">{(y: number) => y}</Generic>
    <svg:path />
    <custom-element onClick={function named() { return named; }} />
    {x ? <div /> : null}
  </UI.Panel>
);
class View { Tag = App; render() { return <this.Tag x={this} />; } }
export = View;
