import { describe, expect, it } from 'vitest';
import { homeOfHtml, isOwnPicture, isPlainLink, schemeOf } from './outputs-html';

const pandas = `<div>
<style scoped>
    .dataframe tbody tr th:only-of-type {
        vertical-align: middle;
    }

    .dataframe thead th {
        text-align: right;
    }
</style>
<table border="1" class="dataframe">
  <thead><tr style="text-align: right;"><th></th><th>a &lt;script&gt;</th></tr></thead>
  <tbody><tr><th>0</th><td>onclick=1 javascript:2</td></tr></tbody>
</table>
</div>`;

describe('HTML stays in the page', () => {
  it.each([
    ['a plain sentence', 'no markup, not even when it says javascript: or onload='],
    ['a pandas table', pandas],
    ['a polars table', '<div><style>\n.dataframe > thead > tr,\n.dataframe > tbody > tr {\n  text-align: right;\n  white-space: pre-wrap;\n}\n</style><table border="1" class="dataframe"></table></div>'],
    ['coloured text of rich', '<pre style="white-space:pre;overflow-x:auto;line-height:normal;font-family:Menlo,\'DejaVu Sans Mono\',consolas"><span style="color: #800080; text-decoration-color: #800080; font-weight: bold">x</span></pre>'],
    ['links and pictures of its own', '<a href="https://example.org/a?b#c" target="_blank">x</a><img src="data:image/png;base64,AAAA" alt="y"><a href="sub/data.csv">z</a>'],
    ['a progress bar', "<progress value='3' max='10' style='width:300px; height:20px; vertical-align: middle;'></progress>"],
    ['comments', '<!-- <b --><p>x</p>'],
  ])('%s', (_, html) => expect(homeOfHtml(html)).toBe('page'));
});

describe('HTML goes into the frame', () => {
  it.each([
    '<script>1</script>', '<SCRIPT SRC=//evil.example/x.js></SCRIPT>', '<scr<script>ipt>', '<script\n>1</script\n>', '<script/x>1</script>',
    '<iframe src="x"></iframe>', '<object data="x"></object>', '<embed src="x">', '<form action="x"></form>', '<isindex action=javascript:1>',
    '<img src=x onerror=alert(1)>', '<img/src="x"/onerror=alert(1)>', '<img src=x ONERROR = "1">', '<p oNcLiCk=1>x</p>', '<div onpointerrawupdate=1>x</div>', '<body onload=1>', '<details ontoggle=1 open>',
    '<a href="javascript:alert(1)">x</a>', '<a href=" java\tscript:alert(1)">x</a>', '<a href="&#106;avascript:1">x</a>', '<a href="java&NewLine;script:1">x</a>', '<a href="\u0001javascript:1">x</a>', '<a href="JaVaScRiPt:1">x</a>',
    '<a href="data:text/html,<script>1</script>">x</a>', '<a href="vbscript:1">x</a>', '<a href="blob:null/1">x</a>', '<a href="x" ping="https://evil.example">x</a>',
    '<svg onload=alert(1)>', '<svg><script>1</script></svg>', '<svg><a xlink:href="javascript:1"><text>x</text></a></svg>', '<math><mtext></mtext></math>', '<math href="javascript:1">x</math>',
    '<base href="https://evil.example/">', '<meta http-equiv="refresh" content="0;url=https://evil.example">', '<link rel=icon href="#">', '<title>x</title>',
    '<noscript><p title="</noscript><img src=x onerror=1>"></noscript>', '<template><img src=x onerror=1></template>', '<textarea></textarea>', '<input autofocus onfocus=1>', '<button formaction="javascript:1">x</button>', '<select></select>',
    '<style>body{display:none}</style>', '<style>.dataframe{x:y}} body{display:none}</style>', '<style>@import "x"</style>', '<style>.dataframe td{a:b} *{position:fixed}</style>',
    '<div style="position:fixed;inset:0">x</div>', '<div style="background:url(https://evil.example)">x</div>', '<div style="background-color:u\\rl(x)">x</div>', '<div style="color:red;/**/position:absolute">x</div>', '<div style="z-index:9">x</div>', '<div style="width:expression(1)">x</div>',
    '<img src="https://evil.example/track.png">', '<img src="//evil.example/track.png">', '<img srcset="https://evil.example 2x" src="data:image/png;base64,A">', '<img src="data:text/html,x">', '<table background="https://evil.example"></table>',
    '<video src="data:video/mp4;base64,A"></video>', '<audio><source src="data:audio/wav;base64,A"></audio>', '<x-widget></x-widget>', '<p contenteditable>x</p>', '<p is="x-y">x</p>', '<p slot=x accesskey=a>x</p>', '<b name=body>x</b>', '<marquee onstart=1>x</marquee>', '<portal src=x>',
  ])('%s', html => expect(homeOfHtml(html)).toBe('frame'));
});

describe('addresses', () => {
  it('are read as a browser reads them', () => {
    expect(schemeOf('\u0000 jAvA\nscript:1')).toBe('javascript');
    expect(schemeOf('x/a:b')).toBeNull();
    expect(schemeOf('./a:b')).toBeNull();
    expect(schemeOf('#javascript:1')).toBeNull();
  });
  it('are followed only to places a person would expect', () => {
    expect(['https://a.example', 'HTTP://a', 'mailto:a@b.example', 'x/y', '#z', '?q'].map(isPlainLink)).not.toContain(false);
    expect(['javascript:1', 'data:text/html,1', 'file:///etc', 'blob:x', 'ftp://a', 'x-app:1'].map(isPlainLink)).not.toContain(true);
  });
  it('of pictures lead to no other server', () => {
    expect(['a.png', './a.png', 'attachment:a.png', 'data:image/svg+xml;utf8,<svg/>', ' data:image/png;base64,AA'].map(isOwnPicture)).not.toContain(false);
    expect(['https://a/b.png', '//a/b.png', ' //a', '/\\a', 'data:text/html,x', 'blob:x', 'javascript:1'].map(isOwnPicture)).not.toContain(true);
  });
});
