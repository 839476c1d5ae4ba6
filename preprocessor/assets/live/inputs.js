// What only the learner knows: a field for each input that a step depends on.

/** Shows the fields of a step. What is being typed stays. */
function showFields(step, inputs) {
    step.fields.hidden = inputs.length === 0;
    for (const { name, label, example, value } of inputs) {
        const known = [...step.fields.children].find((form) => form.dataset.input === name);
        const form = known ?? step.fields.appendChild(field(step, name, label, example));
        const text = form.querySelector("input");
        if (text !== document.activeElement && text.value === (text.dataset.given ?? "")) text.value = value ?? "";
        text.dataset.given = value ?? "";
        form.dataset.missing = String(!value);
        offerToSave(form);
    }
}

/** Only what is not saved yet has a button that saves it. */
function offerToSave(form) {
    const [text, save] = form.elements;
    const hidden = text.value !== "" && text.value === text.dataset.given;
    if (hidden && save === document.activeElement) text.focus();
    save.hidden = hidden;
}

function field(step, name, label, example) {
    const text = make("input", {
        className: "verify-field", name, required: true, maxLength: 200, dir: "auto",
        autocomplete: "off", autocapitalize: "off", spellcheck: false,
    });
    if (example) text.placeholder = words.example(example);
    const save = make("button", { className: "verify-button", textContent: words.save, ariaLabel: `${words.save}: ${label}` });
    const form = make("form", {}, make("label", {}, make("span", { textContent: label }), " ", text), " ", save);
    form.dataset.input = name;
    text.addEventListener("input", () => {
        text.ariaInvalid = null;
        offerToSave(form);
        if (step.state.refused) step.update({ refused: "" });
    });
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        if (step.state.running) return;
        // What is shown is then what is saved.
        text.value = text.value.trim();
        step.update({ running: true, failed: "", done: "", refused: "" });
        const refused = await ask("set", { steps: [step.dataset.step], undo: false, input: [name, text.value] });
        if (!refused) return;
        text.ariaInvalid = "true";
        step.update({ running: false, refused });
    });
    return form;
}
