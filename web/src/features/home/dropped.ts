// The files of a drop or of a file chooser, folders walked through.

export interface Dropped {
  /** Relative to where it was dropped: "photos/a.png". */
  readonly path: string;
  readonly file: File;
}

const hidden = (path: string) => path.split('/').some(name => name.startsWith('.'));

export function chosenFiles(list: FileList): Dropped[] {
  return [...list].map(file => ({ path: file.webkitRelativePath || file.name, file })).filter(each => !hidden(each.path));
}

const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject));

async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject)); // gives 100 at a time
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function walk(entry: FileSystemEntry, above: string): Promise<Dropped[]> {
  const path = above + entry.name;
  if (entry.isFile) return [{ path, file: await fileOf(entry as FileSystemFileEntry) }];
  const children = await childrenOf(entry as FileSystemDirectoryEntry);
  return (await Promise.all(children.map(child => walk(child, `${path}/`)))).flat();
}

/** Must be called while the drop event lasts; hidden files are left out, the drive shows none. */
export async function droppedFiles(transfer: DataTransfer): Promise<Dropped[]> {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry()).filter(entry => entry !== null);
  if (entries.length === 0) return chosenFiles(transfer.files);
  return (await Promise.all(entries.map(entry => walk(entry, '')))).flat().filter(each => !hidden(each.path));
}
