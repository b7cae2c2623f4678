const under = (publicUrl: string, path: string): string => `${publicUrl.replace(/\/$/, "")}${path}`;

/** Where an administrator begins to sign in with Zoom. */
export const signInUrl = (publicUrl: string, connectorId: string): string =>
  under(publicUrl, `/oauth/zoom/start?connector=${encodeURIComponent(connectorId)}`);

/** Where Zoom sends people back to; it stands among the app's redirect URLs. */
export const callbackUrl = (publicUrl: string): string => under(publicUrl, "/oauth/zoom/callback");
