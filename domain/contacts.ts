/** In plain, and as part of a URL. */
const emailAddress = /[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+/g;
const phoneNumber = /(?:\+|%2B)\d(?:[ ()./-]{0,2}\d){6,14}(?!\d)/g;

/** For logs, which carry ids: how to reach somebody is left out. */
export const withoutContacts = (text: string): string =>
  text.replaceAll(emailAddress, "[email]").replaceAll(phoneNumber, "[phone]");
