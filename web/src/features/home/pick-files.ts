// The browser's own file chooser.
import { chosenFiles, type Dropped } from './dropped';

export function pickFiles(wish: { readonly folders: boolean }, onPicked: (files: Dropped[]) => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.webkitdirectory = wish.folders;
  input.hidden = true;
  input.addEventListener('change', () => {
    if (input.files && input.files.length > 0) onPicked(chosenFiles(input.files));
    input.remove();
  });
  input.addEventListener('cancel', () => input.remove());
  document.body.append(input);
  input.click();
}
