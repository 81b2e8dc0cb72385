// What somebody typed as a time of the day, as answer-forms.js reads numbers and dates: pages without such a question do
// not load it. kinds/time.py has the same: change neither without the other.

const TIME = new RegExp(
  "^(?:(凌晨|清晨|早晨|早上|上午|中午|下午|午后|傍晚|晚上|夜里|半夜) *)?([0-9]{1,2}) *"
  + "(?:[:.] *([0-9]{2})(?::00)?|[点點时時] *(?:([0-9]{1,2})分?|(半)|(一刻)|(三刻)|整|钟|鐘)?)$",
);
// 八点半, 十二点零五分, 二十一点: in words up to fifty-nine, and no part of 一刻.
const NUMERALS = /[零〇一二两兩三四五六七八九十]+(?![零〇一二两兩三四五六七八九十刻])/g;
const IN_WORDS = /^(?:[零〇]([一二三四五六七八九])?|([二三四五])?十([一二三四五六七八九])?|([一二两兩三四五六七八九]))$/;
const DIGITS_OF_A_TIME = /^([0-9]{1,2})([0-9]{2})$/;
const OF_TWELVE = /^([0-9]{1,2})(?:[:.] *([0-9]{2}))? *([ap])\.?m\.?$/i;

// The hour of 24 that is meant; -1 where the words and the number exclude each other.
function hourOf(part, hour) {
  if (part === undefined) return hour;
  if (["凌晨", "清晨", "早晨", "早上", "上午"].includes(part)) {
    if (part === "凌晨" && hour === 12) return 0;
    return hour <= 12 ? hour : -1;
  }
  if (["下午", "午后", "傍晚"].includes(part)) return hour >= 12 ? hour : hour >= 1 ? hour + 12 : -1;
  if (part === "中午") return hour >= 1 && hour <= 3 ? hour + 12 : hour >= 10 && hour <= 15 ? hour : -1;
  if (hour === 12) return 0; // of the evening and the night: midnight
  return hour >= 5 && hour < 12 ? hour + 12 : hour;
}

// 二十一 as 21, 零五 as 5; what is no number stays as it is.
function inDigits(words) {
  const found = IN_WORDS.exec(words);
  if (!found) return words;
  const [afterNought, tens, ones, digit] = found.slice(1)
    .map((one) => (one ? "零一二三四五六七八九".indexOf(one.replace(/[两兩]/, "二")) : 0));
  return String((words.includes("十") ? 10 * (tens || 1) : 0) + afterNought + ones + digit);
}

// Hour and minute of what is written; none where it is no time.
function clockOf(text) {
  const twelve = OF_TWELVE.exec(text);
  if (twelve) {
    const hour = Number(twelve[1]);
    return hour >= 1 && hour <= 12 ? [(hour % 12) + (/p/i.test(twelve[3]) ? 12 : 0), Number(twelve[2] || 0)] : [];
  }
  const digits = DIGITS_OF_A_TIME.exec(text);
  if (digits) return [Number(digits[1]), Number(digits[2])];
  const [whole, part, hour, minute, minutes, half, quarter, three] = TIME.exec(text.replace(NUMERALS, inDigits)) || [];
  if (whole === undefined) return [];
  return [hourOf(part, Number(hour)), half ? 30 : quarter ? 15 : three ? 45 : Number(minute || minutes || 0)];
}

// readTime(typed, bounds), of what answer-forms.js has. The value is the time as 08:30; bounds are written so too.
// fault: "", "not_a_time", "time_out_of_range".
export const clock = ({ folded, isBlank, isSet, NOTHING }) => (typed, { minimum = "", maximum = "" }) => {
  const text = [...folded(typed)].map((one) => (isBlank(one) ? " " : one)).join("");
  if (text === "") return NOTHING;
  const [hour, minute] = clockOf(text);
  if (!(hour >= 0 && hour < 24 && minute < 60)) return { value: null, fault: "not_a_time" };
  const value = `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
  const fits = !(isSet(minimum) && value < minimum) && !(isSet(maximum) && value > maximum);
  return { value, fault: fits ? "" : "time_out_of_range" };
};
