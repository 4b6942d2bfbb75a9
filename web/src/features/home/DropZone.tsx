// Files dragged from the computer may be let go anywhere on the page.
import { useEffect, useState } from 'react';
import { CloudUpload } from 'lucide-react';
import { nameOf } from '../../core/listing';
import { t } from '../../ui/i18n';
import { droppedFiles } from './dropped';
import type { Home } from './home';
import type { Uploads } from './uploads';

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;

export function DropZone({ home, uploads }: { home: Home; uploads: Uploads }) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    };
    const onLeave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const onDrop = (event: DragEvent) => {
      setOver(false);
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      const { folder } = home;
      void droppedFiles(event.dataTransfer).then(files => uploads.add(files, folder));
    };
    addEventListener('dragover', onOver);
    addEventListener('dragleave', onLeave);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragover', onOver);
      removeEventListener('dragleave', onLeave);
      removeEventListener('drop', onDrop);
    };
  }, [home, uploads]);
  if (!over) return null;
  return <div className="drop-zone"><p><CloudUpload size={28} aria-hidden /> {t('upload.drop', { folder: nameOf(home.folder) || t('place.files') })}</p></div>;
}
