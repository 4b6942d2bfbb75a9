// An output asks to open an address: the person decides, seeing the whole address.
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { t } from '../../ui/i18n';
import { Modal } from '../../ui/modal';
import { openable } from './frame-messages';

const trusted = new Set<string>();
let asking = false;

function Question({ address, onDone }: { address: URL; onDone: (opens: boolean) => void }) {
  const [always, setAlways] = useState(false);
  const place = address.protocol === 'mailto:' ? address.pathname : address.host;
  const open = () => {
    if (always) trusted.add(address.origin);
    onDone(true);
  };
  const actions = (
    <>
      <button type="button" className="al-button" onClick={() => onDone(false)}>{t('link.cancel')}</button>
      <button type="button" className="al-button al-button-primary" onClick={open}>{t('link.open')}</button>
    </>
  );
  return (
    <Modal title={t('link.title', { place })} onClose={() => onDone(false)} actions={actions}>
      <p>{t('link.text')}</p>
      <p className="al-link-address">{address.href}</p>
      {address.protocol !== 'mailto:' && (
        <label className="al-link-always"><input type="checkbox" checked={always} onChange={event => setAlways(event.target.checked)} /> {t('link.always', { place })}</label>
      )}
    </Modal>
  );
}

function show(address: URL): void {
  window.open(address.href, '_blank', 'noopener,noreferrer');
}

/** Asks whether to open the address, unless the person has said yes to its host before. Only ever one question at a time. */
export function askToOpen(url: string): void {
  const address = openable(url);
  if (!address || asking) return;
  if (address.protocol !== 'mailto:' && trusted.has(address.origin)) return show(address);
  asking = true;
  const place = document.body.appendChild(document.createElement('div'));
  const root = createRoot(place);
  root.render(
    <Question
      address={address}
      onDone={opens => {
        asking = false;
        root.unmount();
        place.remove();
        if (opens) show(address);
      }}
    />,
  );
}
