// The quick way out of a public page. Without scripts the same link still leads away; with them, this
// page is also taken out of the history (location.replace), and three times Shift does the same.
(function () {
  'use strict';

  var way = document.querySelector('a[data-leave]');
  var shifts = 0;
  var last = 0;

  function leave() {
    // Nothing of the page stays in view while the neutral site loads.
    document.documentElement.hidden = true;
    window.location.replace(way.href);
  }

  function press(event) {
    if (event.key !== 'Shift') { shifts = 0; return; }
    if (event.repeat) return;
    shifts = event.timeStamp - last < 800 ? shifts + 1 : 1;
    last = event.timeStamp;
    if (shifts === 3) leave();
  }

  if (way) {
    way.addEventListener('click', function (event) { event.preventDefault(); leave(); });
    document.addEventListener('keydown', press);
  }
  // A page taken back out of the browser's memory after leaving must not be shown hidden.
  window.addEventListener('pageshow', function () { document.documentElement.hidden = false; });
  document.querySelectorAll('[data-if-script]').forEach(function (el) { el.hidden = false; });
  var problems = document.getElementById('problems');
  if (problems) problems.focus();
}());
