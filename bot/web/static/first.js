// The first screen: what its buttons ask, and the box that moves down when the first question is sent.

const root = document.documentElement;
const still = matchMedia("(prefers-reduced-motion: reduce)");
const MOVING = { duration: 320, easing: "cubic-bezier(.2, .7, .2, 1)" };

// Shows the conversation, or the first screen. The box glides to its place where a visitor sees it go.
export const showTalk = (talking, box) => {
  if (root.classList.contains("cw-talking") === talking) return;
  const before = box?.getBoundingClientRect().top;
  root.classList.toggle("cw-talking", talking);
  if (!talking || !box || still.matches) return;
  const by = before - box.getBoundingClientRect().top;
  box.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], MOVING);
};

// `ask(question)` is called with what an opener or a section says.
export const offerOpeners = (ask) => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".cw-openers .cw-ask, .cw-sections button");
    if (button) ask(button.dataset.ask ?? button.textContent);
  });
};
