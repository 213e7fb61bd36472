// The page works without this script. It adds a button that copies a command
// line, and takes a choice without loading the page anew.
const picker = document.querySelector("#picker");
const status = document.querySelector("#status");

function addCopyButtons() {
  for (const line of document.querySelectorAll(".curl")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy the command line");
    button.addEventListener("click", () => copy(line.querySelector("code"), button));
    line.append(button);
  }
}

async function copy(code, button) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
    status.textContent = "Copied the command line.";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  } catch {
    // Not allowed here, as over plain http from another machine: select it.
    getSelection().selectAllChildren(code);
  }
}

// Only the latest choice counts: an earlier answer may come later.
let latest = 0;
let language = picker.elements.lang.value;

async function choose() {
  const address = "/?" + new URLSearchParams(new FormData(picker));
  const mine = ++latest;
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(response.statusText);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (mine !== latest) return;
    const open = [...document.querySelectorAll(".card details[open]")].map((d) => d.closest(".card").id);
    document.querySelector("#reasons").replaceWith(page.querySelector("#reasons"));
    for (const id of open) document.getElementById(id)?.querySelector("details").setAttribute("open", "");
    if (language !== picker.elements.lang.value) {
      language = picker.elements.lang.value;
      document.querySelector(".readers").replaceWith(page.querySelector(".readers"));
    }
    history.replaceState(null, "", address);
    addCopyButtons();
    status.textContent = document.querySelector("#count").textContent;
  } catch {
    picker.submit();
  }
}

let typing;
picker.addEventListener("change", choose);
picker.addEventListener("submit", (event) => { event.preventDefault(); choose(); });
picker.elements.q.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(choose, 200); });
addCopyButtons();
