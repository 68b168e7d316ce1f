// A link may end with the switches that are on: #figure-log-scale+figure-2-in-percent.
const boxes = [...document.querySelectorAll('.switch input')];
(onhashchange = () => {
  const named = location.hash.slice(1).split('+'), on = boxes.filter(box => named.includes(box.id));
  on.forEach(box => { box.checked = true; });
  on[0]?.closest('.either, figure:not(.either *)').scrollIntoView();
})();
document.onchange = ({ target }) => boxes.includes(target) && history.replaceState(0, '',
  '#' + boxes.filter(box => box.checked).map(box => box.id).join('+'));
// What a word means is seen over its first use, as well as at the end.
document.querySelectorAll('.term').forEach(word => {
  word.title = document.querySelector(word.hash)?.nextSibling.textContent ?? '';
});
// Reads values out of charts by pointer, touch and arrow keys, and saves them with their words.
document.querySelectorAll('figure.chart').forEach(figure => {
  const $ = (name, all) => all ? [...figure.querySelectorAll(name)] : figure.querySelector(name);
  const plot = $('.plot'), take = $('.chart-take');
  if (!plot || !take) return;
  const make = (tag, name, parent) => {
    const made = document.createElement(tag);
    made.className = name;
    made.hidden = tag === 'div';
    parent.append(made);
    return made;
  };
  const tip = make('div', 'tip', plot), rule = make('div', 'rule', plot), ear = make('p', 'ear', figure);
  ear.setAttribute('aria-live', 'polite');
  const rows = $('tbody tr', true).map(row => {
    const heads = [...row.closest('table').querySelectorAll('thead th')].slice(1 - row.cells.length);
    const said = [...row.cells].slice(1).map((cell, i) => [heads[i].textContent, cell.textContent]);
    const known = said.filter(pair => pair[1] !== '–').slice(0, 12).map(pair => pair.join(': '));
    return [row.cells[0].textContent, ...known].join('\n');
  });
  let at = rows.length;
  const places = () => {
    const svg = $('svg', true).find(one => one.getClientRects().length), box = svg.getBoundingClientRect();
    const across = svg.dataset.at[0] === 'x', scale = box.width / svg.viewBox.baseVal.width;
    return [across, box, svg.dataset.at.split(';')[0].slice(1).split(' ').map(place => place * scale)];
  };
  const show = index => {
    const [across, box, list] = places();
    at = Math.max(0, Math.min(list.length - 1, index));
    const place = list[at], far = place > box.width / 2;
    tip.textContent = rows[at];
    tip.hidden = rule.hidden = false;
    rule.style.cssText = across ? `left:${place}px;top:0;bottom:0;border-left-width:1px`
      : `top:${place}px;left:0;right:0;border-top-width:1px`;
    tip.style.cssText = !across ? `right:0;top:${place + 6}px`
      : far ? `right:${box.width - place + 8}px;top:0` : `left:${place + 8}px;top:0`;
  };
  const hide = () => { tip.hidden = rule.hidden = true; };
  if (rows.length && $('svg').dataset.at) {
    plot.tabIndex = 0;
    const follow = event => {
      const [across, box, list] = places();
      const here = across ? event.clientX - box.left : event.clientY - box.top;
      const far = list.map(place => Math.abs(place - here));
      show(far.indexOf(Math.min(...far)));
    };
    plot.onpointermove = plot.onpointerdown = follow;
    plot.onpointerleave = plot.onblur = hide;
    plot.onkeydown = event => {
      const to = { ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1,
        Home: 0, End: rows.length }[event.key];
      if (event.key === 'Escape') hide();
      if (to === undefined) return;
      event.preventDefault();
      show(to);
      ear.textContent = rows[at].replaceAll('\n', ', ');
    };
  }

  // The drawing as the page's source has it: light, its words above and below.
  const whole = () => {
    const svg = $($(':scope > .switch :checked') ? '.log svg' : 'svg').cloneNode(true), { width, height } = svg.viewBox.baseVal;
    const add = (tag, given, parent = svg) => {
      const made = document.createElementNS(svg.namespaceURI, tag);
      Object.entries(given).forEach(pair => made.setAttribute(...pair));
      parent.append(made);
      return made;
    };
    const drawn = [...svg.childNodes];
    const paper = add('rect', { width, fill: '#fff' }), group = add('g', {});
    group.append(...drawn);
    let y = 0;
    const write = (name, size, most, weight = 400) => ($(name)?.innerText ?? '').replace('¶', '').split('\n')
      .flatMap(line => line.match(new RegExp(`.{1,${most}}(\\s|$)`, 'g')) ?? []).forEach(line => {
        y += size * 1.35;
        add('text', { x: 3, y, 'text-anchor': 'start', fill: '#16202a', 'font-size': size, 'font-weight': weight }).textContent = line.trim();
      });
    write('.chart-title', 17, 78, 650);
    write('.chart-subtitle', 13, 105);
    group.setAttribute('transform', `translate(0 ${y += 8})`);
    y += height;
    write('.chart-key', 12, 115);
    write('.chart-source', 11, 125);
    paper.setAttribute('height', y += 8);
    svg.setAttribute('viewBox', `0 0 ${width} ${y}`);
    svg.setAttribute('height', y);
    const text = new XMLSerializer().serializeToString(svg);
    return [`data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`, width, y];
  };
  const save = (address, kind) => {
    const link = document.createElement('a');
    link.href = address;
    link.download = take.querySelector('a').download.replace('csv', kind);
    link.click();
  };
  const button = (name, act) => {
    const made = make('button', '', take);
    made.textContent = name;
    made.onclick = act;
  };
  button('SVG', () => save(whole()[0], 'svg'));
  button('PNG', () => {
    const image = new Image(), [address, width, height] = whole(), canvas = document.createElement('canvas');
    image.onload = () => {
      [canvas.width, canvas.height] = [width * 2, height * 2];
      canvas.getContext('2d').drawImage(image, 0, 0, width * 2, height * 2);
      save(canvas.toDataURL(), 'png');
    };
    image.src = address;
  });
});
