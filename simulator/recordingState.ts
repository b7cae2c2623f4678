export type RecordingFile = {
  id: string;
  fileType: "MP4" | "M4A" | "TRANSCRIPT" | "CHAT" | "TIMELINE";
  extension: "MP4" | "M4A" | "VTT" | "TXT" | "JSON";
  recordingType: string;
  status: "processing" | "completed";
  /** Repeated until there are so many bytes. */
  content: string;
  bytes: number;
  trashedAtMs?: number;
  startMs: number;
  endMs: number;
};

/** What PATCH …/recordings/settings takes. */
type RecordingSettings = {
  share_recording: "publicly" | "internally" | "none";
  recording_authentication: boolean;
  authentication_option?: string | undefined;
  authentication_domains?: string | undefined;
  viewer_download: boolean;
  password: string;
  on_demand: boolean;
  approval_type: 0 | 1 | 2;
  send_email_to_host: boolean;
  show_social_share_buttons: boolean;
  topic: string;
  auto_delete: boolean;
};

export type Recording = {
  phase: "recording" | "paused" | "stopped" | "processing" | "completed";
  spans: { startMs: number; endMs?: number }[];
  files: RecordingFile[];
  /** The whole of it; single files have their own time. */
  trashedAtMs?: number;
  shareId: string;
  playPasscode: string;
  settings: RecordingSettings;
};
