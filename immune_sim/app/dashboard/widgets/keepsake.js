// The latest code of this tab's run, kept by the tab itself: a reload, or a session that the server dropped, loses nothing.

const PLACE = "immune-sim:run";

function render({ model }) {
  const keep = () => {
    const code = model.get("code");
    if (code) sessionStorage.setItem(PLACE, JSON.stringify({ session: model.get("session"), code, when: model.get("when") }));
  };
  try {
    const before = JSON.parse(sessionStorage.getItem(PLACE) || "null");
    if (before && before.session !== model.get("session")) model.send({ kind: "found", code: before.code, when: before.when });
  } catch { sessionStorage.removeItem(PLACE); }
  model.on("change:code", keep);
  return () => model.off("change:code", keep);
}

export default { render };
