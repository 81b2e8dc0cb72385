// What somebody typed as a place, as answer-forms.js reads numbers and dates: pages without such a question do not load
// it. kinds/place.py has the same: change neither without the other.

const DEGREES = "([+-]?[0-9]{1,3}(?:\\.[0-9]{0,12})?)";
const BETWEEN = "(?: *[,;、] *| +)";
const METRES = "([0-9]{1,7}(?:\\.[0-9]{0,12})?)";
const PAIR = new RegExp(`^${DEGREES}°?${BETWEEN}${DEGREES}°?$`);
const WITH_ACCURACY = new RegExp(`^${DEGREES}${BETWEEN}${DEGREES}${BETWEEN}${METRES}$`);
const OF_DEVICES = new RegExp(`^${DEGREES} ${DEGREES} -?[0-9]{1,5}(?:\\.[0-9]{0,12})? ${METRES}$`);
const NAMED = `(北纬|南纬|纬度|东经|西经|经度|[NSEW])? *:? *${DEGREES} *(?:°|度)? *([NSEW])?`;
const FIRST = new RegExp(`^${NAMED}`, "i");
const WHOLE = new RegExp(`^${NAMED}$`, "i");
const ALONG = { 北纬: 1, 南纬: -1, 纬度: 1, N: 1, S: -1 };
const ACROSS = { 东经: 1, 西经: -1, 经度: 1, E: 1, W: -1 };
// By the decimals that are kept: those that one of the numbers has to be given with, and the steps of the accuracy.
const GRAINS = { 2: { least: 2, step: 100 }, 3: { least: 3, step: 10 }, 6: { least: 4, step: 1 } };
const FURTHEST = 100000;

// Maps in China write the longitude first: a number above 90 in front is one.
const inOrder = (first, second) => (Math.abs(Number(first)) > 90 && Math.abs(Number(second)) <= 90 ? [second, first] : [first, second]);

// The number with the sign of its name; null where it is named otherwise, twice, or not.
function signed([, before, number, after], names) {
  const told = [before, after].filter(Boolean).map((name) => name.toUpperCase());
  if (told.length !== 1 || !(told[0] in names) || "+-".includes(number[0])) return null;
  return names[told[0]] < 0 ? `-${number}` : number;
}

function found(text) {
  const pair = PAIR.exec(text);
  if (pair) return inOrder(pair[1], pair[2]);
  const three = WITH_ACCURACY.exec(text) || OF_DEVICES.exec(text);
  if (three) return [...inOrder(three[1], three[2]), three[3]];
  const first = FIRST.exec(text);
  const second = first && WHOLE.exec(text.slice(first[0].length).replace(/^[ ,;、]+/, ""));
  if (!second) return null;
  const straight = [signed(first, ALONG), signed(second, ACROSS)];
  if (!straight.includes(null)) return straight;
  const turned = [signed(second, ALONG), signed(first, ACROSS)];
  return turned.includes(null) ? null : turned;
}

const decimalsOf = (number) => (number.split(".")[1] || "").length;

// As the judge rounds: half to even, on the digits as they are written.
function rounded(number, decimals) {
  const [whole, behind = ""] = number.replace(/^[+-]/, "").split(".");
  const rest = behind.slice(decimals);
  let kept = Number(whole + behind.slice(0, decimals).padEnd(decimals, "0"));
  const more = /[1-9]/.test(rest.slice(1));
  if (rest[0] > "5" || (rest[0] === "5" && (more || kept % 2 === 1))) kept += 1;
  const digits = String(kept).padStart(decimals + 1, "0");
  const sign = number[0] === "-" && kept > 0 ? "-" : "";
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

// The reader of places: the value is latitude,longitude or latitude,longitude,accuracy as it is kept. fault: "",
// "not_a_place", "place_out_of_range", "place_too_coarse".
export function place({ folded, isBlank, NOTHING }) {
  return (typed, grain) => {
    const decimals = Number(grain.decimals); // of a field of the page it is a text
    const { least, step } = GRAINS[decimals];
    const text = [...folded(typed)].map((one) => (isBlank(one) ? " " : one)).join("").split(/ +/).filter(Boolean).join(" ");
    if (text === "") return NOTHING;
    const parts = found(text);
    if (!parts) return { value: null, fault: "not_a_place" };
    const [latitude, longitude, accuracy] = parts;
    if (Math.abs(Number(latitude)) > 90 || Math.abs(Number(longitude)) > 180) return { value: null, fault: "place_out_of_range" };
    if (Math.max(decimalsOf(latitude), decimalsOf(longitude)) < least) return { value: null, fault: "place_too_coarse" };
    const told = [rounded(latitude, decimals), rounded(longitude, decimals)];
    if (accuracy !== undefined && Number(accuracy) > 0 && Number(accuracy) <= FURTHEST) told.push(Math.ceil(Number(accuracy) / step) * step);
    return { value: told.join(","), fault: "" };
  };
}
