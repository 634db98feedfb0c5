// Builds a form for each endpoint of the API's own description, and shows the answer. Everything is set as text.
const place = document.getElementById("api");
const made = (name, text, attributes = {}) => {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

function field(id, parameter) {
  const box = made("p");
  const label = made("label", parameter.name, { for: id });
  const schema = parameter.schema ?? {};
  let input;
  if (schema.enum) {
    input = made("select", undefined, { id, name: parameter.name });
    if (!parameter.required) input.append(made("option", "", { value: "" }));
    for (const word of schema.enum) input.append(made("option", word, { value: word }));
  } else {
    const type = schema.format === "date" ? "date" : schema.type === "integer" ? "number" : "text";
    input = made("input", undefined, { id, name: parameter.name, type });
    if (type === "number") input.setAttribute("min", "0");
  }
  if (parameter.required) input.required = true;
  box.append(label, " ", input);
  if (parameter.description) {
    input.setAttribute("aria-describedby", `${id}-means`);
    box.append(" ", made("small", parameter.description, { id: `${id}-means` }));
  }
  return box;
}

function example(api, schema) {
  if (!schema) return "";
  if (schema.$ref) return example(api, api.components.schemas[schema.$ref.split("/").pop()]);
  if (schema.oneOf) return example(api, schema.oneOf[0]);
  const required = Object.entries(schema.properties ?? {}).filter(([name]) => (schema.required ?? []).includes(name));
  return JSON.stringify(Object.fromEntries(required.map(([name, of]) => [name, of.enum ? of.enum[0] : ""])), null, 1);
}

async function send(method, path, operation, form, shown) {
  const data = new FormData(form);
  const query = new URLSearchParams();
  for (const parameter of operation.parameters ?? []) {
    const value = String(data.get(parameter.name) ?? "").trim();
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (value) query.set(parameter.name, value);
  }
  const address = query.size ? `${path}?${query}` : path;
  const options = { method: method.toUpperCase(), headers: {} };
  if (method !== "get") {
    options.headers["x-csrf-token"] = place.dataset.csrf;
    if (operation.requestBody) {
      options.headers["content-type"] = "application/json";
      options.body = String(data.get("body"));
    }
  }
  shown.replaceChildren(made("p", `${options.method} ${address}`));
  const response = await fetch(address, options);
  const text = await response.text();
  const most = 20000;
  shown.append(made("p", `${response.status} ${response.headers.get("content-type") ?? ""}`));
  shown.append(made("pre", text.length > most ? `${text.slice(0, most)}…` : text, { tabindex: "0" }));
}

function section(api, method, path, operation) {
  const box = made("details");
  const head = made("summary");
  head.append(made("code", `${method.toUpperCase()} ${path}`), ` ${operation.summary}`);
  const form = made("form");
  for (const parameter of operation.parameters ?? []) form.append(field(`${operation.operationId}-${parameter.name}`, parameter));
  if (operation.requestBody) {
    const id = `${operation.operationId}-body`;
    const schema = operation.requestBody.content["application/json"].schema;
    form.append(made("label", "Body (JSON)", { for: id }), made("textarea", example(api, schema), { id, name: "body", rows: "6" }));
  }
  const shown = made("div", undefined, { role: "status" });
  form.append(made("button", "Send", { type: "submit" }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(method, path, operation, form, shown).catch((error) => shown.replaceChildren(made("p", String(error))));
  });
  box.append(head, form, shown);
  return box;
}

const api = await (await fetch("/api/v1/openapi.json")).json();
place.replaceChildren();
for (const [path, item] of Object.entries(api.paths)) {
  for (const method of ["get", "post"]) if (item[method]) place.append(section(api, method, path, item[method]));
}
