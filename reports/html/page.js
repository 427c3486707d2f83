// Sorting and filtering of the one table, without a network. Everything is there to be read without this.
'use strict';
(function () {
  var table = document.querySelector('table');
  if (!table || !table.tBodies[0]) return;
  var tools = document.querySelector('.tools');
  var body = table.tBodies[0];
  var rows = Array.prototype.slice.call(body.rows);
  var search = tools.querySelector('input[type=search]');
  var level = tools.querySelector('select:not(.g)');
  var tag = tools.querySelector('select.g');
  var all = tools.querySelector('input[type=checkbox]');
  var count = tools.querySelector('output');
  var collator = new Intl.Collator(document.documentElement.lang, {numeric: true});
  var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });

  function show() {
    var wanted = search.value.trim().toLowerCase(), shown = 0;
    rows.forEach(function (row, i) {
      var fits = texts[i].indexOf(wanted) >= 0 && (!level || !level.value || row.className === level.value) &&
        (!tag || !tag.value || (' ' + row.getAttribute('data-g') + ' ').indexOf(' ' + tag.value + ' ') >= 0);
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    count.textContent = shown + ' / ' + rows.length;
  }

  // A link that leads to some rows of a page names them behind the #.
  function choose() {
    tag.value = decodeURIComponent(location.hash.slice(1));
    if (tag.selectedIndex < 0) tag.value = '';
    show();
  }

  // The value that a cell is sorted by: its exact number where it has one.
  function value(row, column) {
    var cell = row.cells[column], exact = cell.getAttribute('data-v');
    return exact === null ? cell.textContent : exact === '' ? null : Number(exact);
  }

  // Unknown values stay at the end in both directions.
  function compare(a, b, sign) {
    if (a === null || b === null) return (a === null) - (b === null);
    return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(a, b));
  }

  function sort(heading, column) {
    var now = heading.getAttribute('aria-sort');
    var sign = now === 'descending' ? 1 : now === 'ascending' ? 0 : -1;
    Array.prototype.forEach.call(heading.parentNode.cells, function (other) { other.removeAttribute('aria-sort'); });
    var order = rows.map(function (row, i) { return {row: row, place: i, value: value(row, column)}; });
    if (sign) {
      heading.setAttribute('aria-sort', sign < 0 ? 'descending' : 'ascending');
      order.sort(function (a, b) { return compare(a.value, b.value, sign) || a.place - b.place; });
    }
    order.forEach(function (item) { body.appendChild(item.row); });
  }

  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (heading, column) {
    var button = document.createElement('button');
    button.type = 'button';
    button.textContent = heading.textContent;
    heading.textContent = '';
    heading.appendChild(button);
    button.addEventListener('click', function () { sort(heading, column); });
  });
  search.addEventListener('input', show);
  if (level) level.addEventListener('change', show);
  if (all) all.addEventListener('change', function () { table.classList.toggle('all', all.checked); });
  tools.hidden = false;
  if (tag) {
    tag.addEventListener('change', show);
    window.addEventListener('hashchange', choose);
    choose();
  }
  show();
})();
