// Reads values out of a chart by pointer, touch and arrow keys, and saves it with its words.
for (const figure of document.querySelectorAll('figure.chart')) {
  const plot = figure.querySelector('.plot'), take = figure.querySelector('.chart-take');
  if (!plot || !take) continue;
  const text = name => figure.querySelector(name)?.innerText.replace('¶', '').trim() ?? '';
  const make = (tag, name, parent) => {
    const made = document.createElement(tag);
    made.className = name;
    parent.append(made);
    return made;
  };
  const tip = make('div', 'tip', plot), rule = make('div', 'rule', plot);
  const read = make('p', 'tip', figure);
  read.setAttribute('aria-live', 'polite');
  read.style.clipPath = 'inset(50%)';
  tip.hidden = rule.hidden = true;

  const rows = [...figure.querySelectorAll('tbody tr')].map(row => {
    const heads = [...row.closest('table').querySelectorAll('thead th')].slice(-row.cells.length + 1);
    const cells = [...row.cells].slice(1).map(cell => cell.innerText || cell.textContent);
    const said = cells.map((cell, i) => cell === '–' ? '' : `${heads[i].textContent}: ${cell}`);
    return [row.cells[0].textContent, ...said.filter(Boolean).slice(0, 12)].join('\n');
  });
  let at = rows.length;
  const shown = () => [...plot.querySelectorAll('svg')].find(svg => svg.getClientRects().length);
  const places = svg => {
    const [, axis, list] = svg.dataset.at.split(';')[0].match(/^(.?)(.*)/);
    const box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
    return { axis, box, at: list.split(' ').map(place => place * scale) };
  };
  const show = index => {
    const { axis, box, at: list } = places(shown());
    at = Math.max(0, Math.min(list.length - 1, index));
    tip.textContent = rows[at];
    tip.hidden = rule.hidden = false;
    const x = axis === 'x' ? list[at] : 0, y = axis === 'y' ? list[at] : 0;
    rule.style.cssText = axis === 'x'
      ? `left:${x}px;top:0;bottom:0;border-left-width:1px` : `top:${y}px;left:0;right:0;border-top-width:1px`;
    const far = x > box.width / 2;
    tip.style.cssText = axis === 'x'
      ? (far ? `right:${box.width - x + 8}px;top:0` : `left:${x + 8}px;top:0`) : `right:0;top:${y + 6}px`;
  };
  const hide = () => { tip.hidden = rule.hidden = true; };
  if (rows.length && shown()?.dataset.at.length > 1) {
    plot.tabIndex = 0;
    const follow = event => {
      const { axis, box, at: list } = places(shown());
      const here = axis === 'x' ? event.clientX - box.left : event.clientY - box.top;
      const far = list.map(place => Math.abs(place - here));
      show(far.indexOf(Math.min(...far)));
    };
    plot.addEventListener('pointermove', follow);
    plot.addEventListener('pointerdown', follow);
    plot.addEventListener('pointerleave', hide);
    plot.addEventListener('blur', hide);
    plot.addEventListener('keydown', event => {
      const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
      const end = { Home: 0, End: rows.length - 1 }[event.key];
      if (event.key === 'Escape') hide();
      if (step === undefined && end === undefined) return;
      event.preventDefault();
      show(end ?? at + step);
      read.textContent = rows[at].replaceAll('\n', ', ');
    });
  }

  // The drawing as it stands in the page's source: light, with its words above and below.
  const whole = () => {
    const svg = plot.querySelector('svg').cloneNode(true), { width, height } = svg.viewBox.baseVal;
    const lines = (said, most) => said.split('\n').flatMap(line => line.match(new RegExp(`.{1,${most}}(\\s|$)`, 'g')) ?? []);
    const blocks = [[text('.chart-title'), 17, 80, 650], [text('.chart-subtitle'), 13, 112, 400]];
    const below = [[text('.chart-key'), 12, 120, 400], [text('.chart-source'), 11, 130, 400]];
    const space = 'http://www.w3.org/2000/svg';
    let y = 0;
    const write = ([said, size, most, weight]) => lines(said, most).forEach(line => {
      y += size * 1.35;
      const made = document.createElementNS(space, 'text');
      Object.entries({ x: 3, y, 'font-size': size, 'font-weight': weight }).forEach(pair => made.setAttribute(...pair));
      made.textContent = line.trim();
      svg.append(made);
    });
    const drawn = document.createElementNS(space, 'g');
    drawn.append(...svg.childNodes);
    svg.append(drawn);
    blocks.forEach(write);
    drawn.setAttribute('transform', `translate(0 ${y += 8})`);
    y += height;
    below.forEach(write);
    const paper = document.createElementNS(space, 'rect');
    Object.entries({ width, height: y += 8, fill: '#fff' }).forEach(pair => paper.setAttribute(...pair));
    svg.prepend(paper);
    svg.setAttribute('viewBox', `0 0 ${width} ${y}`);
    svg.setAttribute('height', y);
    svg.removeAttribute('data-at');
    return [new XMLSerializer().serializeToString(svg), width, y];
  };
  const save = (address, kind) => {
    const link = document.createElement('a');
    link.href = address;
    link.download = take.querySelector('a').download.replace(/csv$/, kind);
    link.click();
  };
  const drawing = () => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(whole()[0])}`;
  const button = (name, act) => {
    const made = make('button', '', take);
    made.textContent = name;
    made.type = 'button';
    made.addEventListener('click', act);
  };
  button('SVG', () => save(drawing(), 'svg'));
  button('PNG', () => {
    const image = new Image(), [, width, height] = whole();
    image.onload = () => {
      const canvas = document.createElement('canvas');
      canvas.width = width * 2;
      canvas.height = height * 2;
      canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
      save(canvas.toDataURL('image/png'), 'png');
    };
    image.src = drawing();
  });
}
