// The emoji shortcodes a message may use; an unknown one stays the text it is.

const NAMES = `
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|no_entry ⛔|no_entry_sign 🚫|warning ⚠️|exclamation ❗
question ❓|information_source ℹ️|bulb 💡|bell 🔔|no_bell 🔕|mute 🔇|loud_sound 🔊|mega 📣|loudspeaker 📢|repeat 🔁|arrows_counterclockwise 🔄
arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrow_forward ▶️|rewind ⏪|fast_forward ⏩|double_vertical_bar ⏸️|stopwatch ⏱️|timer_clock ⏲️
alarm_clock ⏰|hourglass ⌛|hourglass_flowing_sand ⏳|clock1 🕐|clock3 🕒|clock9 🕘|calendar 📆|date 📅|spiral_calendar_pad 🗓️|memo 📝|pencil 📝|pencil2 ✏️
clipboard 📋|pushpin 📌|round_pushpin 📍|paperclip 📎|link 🔗|lock 🔒|unlock 🔓|key 🔑|mag 🔍|gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|package 📦
inbox_tray 📥|outbox_tray 📤|email 📧|e-mail 📧|envelope ✉️|incoming_envelope 📨|telephone_receiver 📞|phone ☎️|iphone 📱|computer 💻|movie_camera 🎥
video_camera 📹|tv 📺|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|moneybag 💰|credit_card 💳|gift 🎁|tada 🎉|confetti_ball 🎊|sparkles ✨
star ⭐|star2 🌟|fire 🔥|zap ⚡|boom 💥|rocket 🚀|eyes 👀|wave 👋|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|clap 👏|pray 🙏|muscle 💪|ok_hand 👌|raised_hands 🙌
point_right 👉|point_left 👈|point_up ☝️|point_down 👇|raised_hand ✋|handshake 🤝|ghost 👻|robot_face 🤖|bust_in_silhouette 👤|busts_in_silhouette 👥|office 🏢|house 🏠
smile 😄|smiley 😃|grin 😁|joy 😂|wink 😉|blush 😊|slightly_smiling_face 🙂|neutral_face 😐|thinking_face 🤔|sweat_smile 😅|sob 😭|cry 😢|disappointed 😞|sunglasses 😎
sleeping 😴|zzz 💤|partying_face 🥳|heart ❤️|blue_heart 💙|green_heart 💚|yellow_heart 💛|broken_heart 💔|100 💯|coffee ☕|beer 🍺|pizza 🍕|cake 🍰|sunny ☀️|cloud ☁️
red_circle 🔴|large_blue_circle 🔵|large_green_circle 🟢|large_yellow_circle 🟡|large_orange_circle 🟠|white_circle ⚪|black_circle ⚫|small_blue_diamond 🔹|small_orange_diamond 🔸
globe_with_meridians 🌐|earth_americas 🌎|airplane ✈️|car 🚗|checkered_flag 🏁|triangular_flag_on_post 🚩|test_tube 🧪|thread 🧵|lifebuoy 🛟|seat 💺|ticket 🎫|door 🚪|recycle ♻️`;

const CHARACTERS = new Map(
  NAMES.split(/[|\n]/)
    .map((entry) => entry.trim().split(' '))
    .filter((pair) => pair.length === 2),
);

/** The character for a name without its colons, or undefined. */
export const emoji = (name) => CHARACTERS.get(name);

/** Plain text with its :shortcodes: replaced: for text objects that ask for emoji. */
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => CHARACTERS.get(name) ?? whole);
