// Light or dark: the device's wish until the person chooses.

const KEY = 'sandbox-theme';
const device = () => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

export const rememberedTheme = () => localStorage.getItem(KEY) ?? device();

/** The other look, remembered; choosing what the device wishes anyway follows the device again. */
export function nextTheme(theme) {
  const next = theme === 'dark' ? 'light' : 'dark';
  if (next === device()) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
  return next;
}

export const applyTheme = (theme) => {
  document.documentElement.dataset.theme = theme;
};
