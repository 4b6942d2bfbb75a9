/**
 * Opens a tab, at once, as browsers want it while a click is handled, and leads it on when its address is known. For null, and when that fails,
 * the tab goes again. Resolves with whether there is an address.
 */
export async function openInTab(address: () => Promise<string | null>): Promise<boolean> {
  const tab = open('about:blank', '_blank');
  try {
    const url = await address();
    if (tab && url !== null) tab.location.href = url;
    else if (url !== null) location.href = url; // the browser allows no tabs
    else tab?.close();
    return url !== null;
  } catch (error) {
    tab?.close();
    throw error;
  }
}
