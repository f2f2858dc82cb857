/** Who may do what. The broker asks here and nowhere else. */
export interface Rights {
  /** Why nobody or this client may publish on `topic`, in words that the client may read; null when it may. */
  publishFault(topic: string): string | null;
}

/** Without users everyone may do everything, except to speak for the broker itself. */
export const anonymousRights: Rights = {
  publishFault: (topic) => (topic.startsWith('$SYS/') ? 'topics below $SYS are the broker’s own' : null),
};
