// How this page comes into the room of its notebook.
import { ApiError } from '../../../api/client';
import { joinNotebook, openRoom } from '../../../api/documents';
import { joinDocument } from '../../../api/sharing';
import type { Joined, LinkParts } from '../../../core/room-link';
import { failureOfStatus, helpsToWait, pauseAfter } from '../../../core/saving';
import type { Page } from '../store';

/** `first` is what the page was told of the room when it was opened. */
export function joinRoom(page: Page, first: Joined): LinkParts {
  let told: Joined | null = first;
  return {
    join: () => {
      const known = told;
      told = null;
      if (known) return Promise.resolve(known);
      return page.state.owner ? joinDocument(first.document) : joinNotebook(page.state.path);
    },
    open: openRoom,
    pauseAfter: (error, tries) => (error === null || (error instanceof ApiError && helpsToWait(failureOfStatus(error.status, error.reason))) ? pauseAfter(tries) : null),
  };
}
