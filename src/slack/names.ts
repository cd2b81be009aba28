// Fills the placeholders of the core's sentences with Slack's forms: {bot}, {channel}, {command} and {person:U…}.

export interface Names {
  /** Bot user id; null while it is not known. */
  bot: string | null;
  /** Conversation id, or a person's for a direct message. */
  channel: string;
  /** With its slash. */
  command: string;
}

export function fillNames(sentence: string, names: Names): string {
  return sentence
    .replaceAll('{bot}', names.bot ? `<@${names.bot}>` : 'the app')
    .replaceAll('{channel}', `<#${names.channel}>`)
    .replaceAll('{command}', names.command)
    .replace(/\{person:([A-Z0-9]{2,20})\}/g, '<@$1>');
}
