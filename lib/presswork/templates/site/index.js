// Without a script the page has all of this but the filter, and dates instead of ages.
const find = document.getElementById("find"), found = document.getElementById("found");
find.parentElement.hidden = false;
find.addEventListener("input", () => {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const section of document.querySelectorAll("main > section.reports")) {
    const heading = section.querySelector("h2").textContent;
    let any = false;
    for (const card of section.querySelectorAll(".card")) {
      const text = (heading + " " + card.textContent).toLowerCase();
      card.hidden = !words.every(word => text.includes(word));
      if (!card.hidden) { any = true; shown += 1; }
    }
    section.hidden = !any;
  }
  found.textContent = words.length ? shown + (shown === 1 ? " report" : " reports") : "";
});
for (const time of document.querySelectorAll("time")) {
  const days = Math.floor((Date.now() - Date.parse(time.dateTime)) / 864e5);
  if (days >= 0) {
    time.title = time.textContent;
    time.textContent = days === 0 ? "today" : days === 1 ? "yesterday" : days + " days ago";
  }
}
