/** Whether this is the line by which Bokeh says for ever that it is loading: its script, which would go on, is not run there. Ours says that it is ready. */
export const isBokehNotice = (html: string): boolean => html.includes('bk-notebook-logo') && /Loading BokehJS\s*\.\.\./.test(html) && !html.includes('<script');
