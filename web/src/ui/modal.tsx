// A dialog over the page. The browser's own <dialog> keeps the focus inside, closes on Escape and gives the focus back.
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { createPortal } from 'react-dom';
import { X } from 'lucide-react';
import { t } from './i18n';
import './controls.css';

interface ModalProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons at the foot, the main one last. */
  readonly actions?: ReactNode;
  readonly wide?: boolean;
}

/** Where the work begins: the first field, else the main button, else the harmless one. */
function firstIn(dialog: HTMLElement | null): HTMLElement | null | undefined {
  const find = (what: string) => dialog?.querySelector<HTMLElement>(what);
  return find('.al-modal-body input.al-input:not([hidden])') ?? find('footer .al-button-primary:not(:disabled)') ?? find('footer button') ?? find('header button');
}

export function Modal({ title, onClose, children, actions, wide = false }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const shown = dialog.current;
    const before = document.activeElement;
    shown?.showModal();
    firstIn(shown)?.focus();
    return () => {
      shown?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return createPortal(
    <dialog
      ref={dialog}
      className={wide ? 'al-modal al-modal-wide' : 'al-modal'}
      aria-labelledby={heading}
      onCancel={event => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={event => event.stopPropagation()}
      onPointerDown={event => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className="al-modal-inside">
        <header>
          <h2 id={heading}>{title}</h2>
          <button type="button" className="al-icon-button" aria-label={t('close')} onClick={onClose}><X size={18} aria-hidden /></button>
        </header>
        <div className="al-modal-body">{children}</div>
        {actions && <footer>{actions}</footer>}
      </div>
    </dialog>,
    document.body, // so that no style of the place it was asked from reaches it
  );
}
