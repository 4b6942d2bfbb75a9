// Comments on the cells of a notebook.
import type { Comment } from '../core/comments';
import { api } from './client';

const at = (document: string, comment = '') => `api/documents/${encodeURIComponent(document)}/comments${comment && `/${encodeURIComponent(comment)}`}`;

export const listComments = (document: string): Promise<Comment[]> => api.get(at(document));
/** On a cell, or in a thread. */
export const addComment = (document: string, wish: { readonly text: string; readonly cell: string } | { readonly text: string; readonly thread: string }): Promise<Comment> => api.post(at(document), wish);
export const changeComment = (document: string, comment: string, change: { readonly text?: string; readonly resolved?: boolean }): Promise<Comment> => api.patch(at(document, comment), change);
export const removeComment = (document: string, comment: string): Promise<void> => api.delete(at(document, comment));
