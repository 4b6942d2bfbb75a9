// Beside the account: who else has the notebook open. A press goes along with one of them.
import { initials, type Person } from '../../../core/presence';
import { t } from '../../../ui/i18n';
import { useStore } from '../../../ui/use-store';
import type { Page } from '../store';

const most = 5;

export function People({ page }: { page: Page }) {
  const { people, following, account } = useStore(page.store);
  if (people.length === 0) return null;
  const nameOf = ({ name }: Person) => (name === (account?.display_name || account?.name) ? t('people.you', { name }) : name);
  const rest = people.slice(most);
  return (
    <ul className="nb-people" aria-label={t('people')}>
      {people.slice(0, most).map(person => {
        const isFollowed = person.client === following;
        const title = isFollowed ? t('people.unfollow', { name: nameOf(person) }) : t('people.follow', { name: nameOf(person) });
        return (
          <li key={person.client}>
            <button type="button" className={`nb-person al-person-${person.colour}`} aria-pressed={isFollowed} aria-label={title} title={title} onClick={() => page.deeds?.follow(isFollowed ? null : person.client)}>{initials(person.name)}</button>
          </li>
        );
      })}
      {rest.length > 0 && <li className="nb-person nb-person-rest" title={rest.map(nameOf).join(', ')}>+{rest.length}</li>}
    </ul>
  );
}
