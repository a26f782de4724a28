/** The page's skeleton. What arrived is put into it by the scripts, as text and never as markup. */
export const document = /* html */ `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>AvantLink sandbox</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
<script type="module" src="/script/main.js"></script>
</head>
<body data-view="list">
<a class="skip" href="#side">Skip the list</a>
<header class="top">
  <h1><img src="/icon.svg" alt="" width="24" height="24"> AvantLink sandbox</h1>
  <p class="status" id="status" role="status">Connecting…</p>
  <nav aria-label="Views">
    <a href="#/" data-route="list">Requests</a>
    <a href="#/ready" data-route="ready">Ready to go live <span class="tally" id="ready-tally"></span></a>
    <a href="#/faults" data-route="faults">Faults <span class="tally" id="faults-tally"></span></a>
  </nav>
</header>
<div class="banner" id="banner" role="status" hidden></div>
<noscript><p class="banner">This page needs JavaScript.</p></noscript>
<main class="panes">
  <section class="list" aria-labelledby="list-title">
    <h2 id="list-title" class="unseen">Requests</h2>
    <form class="filters" role="search" id="filters">
      <label class="unseen" for="search">Search the requests</label>
      <input type="search" id="search" name="search" placeholder="Search: a number, a token, any text" autocomplete="off" spellcheck="false">
      <fieldset>
        <legend class="unseen">Show</legend>
        <label><input type="radio" name="show" value="all" checked><span>All</span></label>
        <label><input type="radio" name="show" value="order"><span>Orders</span></label>
        <label><input type="radio" name="show" value="click"><span>Clicks</span></label>
        <label><input type="radio" name="show" value="findings"><span>With findings</span></label>
        <label><input type="radio" name="show" value="refused"><span>Not taken</span></label>
      </fieldset>
    </form>
    <div class="list-head"><p id="count"></p><button type="button" class="quiet" id="start-over" title="Forgets every request and lifts every fault">Start over</button></div>
    <div id="welcome" class="welcome" hidden></div>
    <ol class="rows" id="rows"></ol>
    <nav class="pager" id="pager" aria-label="Pages of the list" hidden>
      <button type="button" id="newest">Newest</button>
      <button type="button" id="older">Older</button>
    </nav>
  </section>
  <section class="side" id="side" tabindex="0" aria-label="Details"></section>
</main>
<p class="unseen" id="aloud" role="status"></p>
</body>
</html>
`;
