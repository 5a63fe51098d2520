// Checks that only a browser can make of the published report: what is really laid out, in which
// colours, and what a reader with a screen reader is told. Injected into a copy of the page; the
// findings replace the page, one on a line, so that `--dump-dom` prints them.
'use strict';

const findings = [];
const wrong = (text) => findings.push(text);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const words = (element) => element.textContent.trim().replace(/\s+/g, ' ').slice(0, 60);

function checkLandmarks() {
  for (const tag of ['main', 'nav', 'header', 'footer', 'h1'])
    if (all(tag).length !== 1) wrong(`${all(tag).length} of <${tag}>, not 1`);
  if (document.documentElement.lang !== 'en-GB') wrong('the language of the page is not said');
  if (!document.title) wrong('the page has no title');
  for (const section of all('main > section'))
    if (!document.getElementById(section.getAttribute('aria-labelledby')))
      wrong(`a section has no name: ${words(section)}`);
  const first = document.querySelector('a');
  if (!first || first.getAttribute('href') !== '#main') wrong('the first link skips nothing');
}

function checkHeadings() {
  let level = 0;
  for (const heading of all('h1, h2, h3, h4, h5, h6')) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) wrong(`h${next} after h${level}: ${words(heading)}`);
    if (!words(heading)) wrong(`an empty h${next}`);
    level = next;
  }
}

function checkLinks() {
  const seen = new Set();
  for (const element of all('[id]')) {
    if (seen.has(element.id)) wrong(`the id ${element.id} stands twice`);
    seen.add(element.id);
  }
  for (const link of all('a')) {
    const target = link.getAttribute('href') || '';
    if (target.startsWith('#') && !seen.has(target.slice(1))) wrong(`${target} leads nowhere`);
    if (!words(link)) wrong(`a link without words to ${target}`);
  }
}

function checkTables() {
  for (const table of all('table')) {
    const name = table.caption ? words(table.caption) : '';
    if (!name) wrong('a table has no caption');
    const columns = all('thead th', table).length;
    for (const row of all('tbody tr', table)) {
      if (row.cells.length !== columns) wrong(`${name}: a row of ${row.cells.length}, not ${columns}`);
      if (row.cells[0].scope !== 'row') wrong(`${name}: a row without a heading`);
      for (const cell of row.cells) if (!words(cell)) wrong(`${name}: an empty cell`);
    }
    for (const cell of all('td.n', table))
      if (getComputedStyle(cell).textAlign !== 'right') wrong(`${name}: a number not to the right`);
  }
}

// ---- Colours -------------------------------------------------------------------------------

function channels(colour) {
  const numbers = colour.match(/[\d.]+/g).map(Number);
  return { rgb: numbers.slice(0, 3), alpha: numbers.length > 3 ? numbers[3] : 1 };
}

function luminance(rgb) {
  const linear = rgb.map((c) => (c / 255 <= 0.04045 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

function ground(element) {
  for (let at = element; at; at = at.parentElement) {
    const colour = channels(getComputedStyle(at).backgroundColor);
    if (colour.alpha > 0.5) return colour.rgb;
  }
  return [255, 255, 255];
}

function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function checkContrast() {
  const told = new Set();
  for (const element of all('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || element.closest('title, desc, style, script')) continue;
    const style = getComputedStyle(element);
    const inside = element.matches('svg .inside');
    const back = inside ? channels(getComputedStyle(element.previousElementSibling).fill).rgb : ground(element);
    const ratio = contrast(channels(element.closest('svg') ? style.fill : style.color).rgb, back);
    const where = `${element.tagName.toLowerCase()}.${element.className.baseVal ?? element.className}`;
    if (ratio < 4.5 && !told.has(where)) {
      told.add(where);
      wrong(`contrast ${ratio.toFixed(2)} of ${where}: ${words(element)}`);
    }
  }
}

// ---- Layout --------------------------------------------------------------------------------

function checkReflow() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width + 1)
    wrong(`the page is ${document.documentElement.scrollWidth} wide in a window of ${width}`);
}

function checkCharts() {
  for (const svg of all('svg')) {
    const label = svg.getAttribute('aria-label'); // an icon's; a chart's stands in it
    const name = label || words(svg.querySelector('title') || svg);
    const box = svg.viewBox.baseVal;
    if (svg.getAttribute('role') !== 'img') wrong(`${name}: not an image to a screen reader`);
    for (const id of label ? [] : (svg.getAttribute('aria-labelledby') || '').split(' '))
      if (!id || !document.getElementById(id)) wrong(`${name}: its name is not there`);
    for (const shape of all('text, circle, path, rect, line', svg)) {
      const drawn = shape.getBBox();
      if (drawn.x < -1 || drawn.y < -1 || drawn.x + drawn.width > box.width + 1 ||
          drawn.y + drawn.height > box.height + 1)
        wrong(`${name}: ${shape.tagName} "${words(shape)}" lies outside`);
    }
    const texts = all('text', svg).map((text) => [text, text.getBBox()]);
    for (const [a, p] of texts)
      for (const [b, q] of texts)
        if (a !== b && p.x < q.x + q.width - 20 && q.x < p.x + p.width - 20 &&
            p.y < q.y + q.height - 60 && q.y < p.y + p.height - 60)
          wrong(`${name}: "${words(a)}" lies over "${words(b)}"`);
    const figure = svg.closest('figure');
    if (label && !figure) continue;
    const after = figure && figure.nextElementSibling;
    if (!after || !after.querySelector('table')) wrong(`${name}: no table follows`);
  }
}

function checkSelfContained() {
  for (const entry of performance.getEntriesByType('resource')) wrong(`fetched ${entry.name}`);
  if (all('script').length > 1) wrong('the page has a script');
  for (const element of all('*'))
    for (const attribute of element.getAttributeNames())
      if (attribute.startsWith('on')) wrong(`<${element.tagName}> has ${attribute}`);
}

addEventListener('load', () => {
  checkLandmarks();
  checkHeadings();
  checkLinks();
  checkTables();
  checkContrast();
  checkReflow();
  checkCharts();
  checkSelfContained();
  const count = all('table').length;
  document.documentElement.innerHTML = '<body><pre></pre></body>';
  document.querySelector('pre').textContent =
    `\n${findings.map((text) => `FINDING ${text}`).join('\n')}\nCHECKED ${count} tables\n`;
});
