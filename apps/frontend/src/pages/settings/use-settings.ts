import type { Organization } from "@platform-api/client";
import { useOptimisticRows, usePlatform, usePlatformClient } from "@platform-api/client/react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { errorReason } from "../../app/problems/error-reason.ts";
import { pollWhileFailing } from "../../app/problems/polling.ts";
import type { AppReason } from "../../app/problems/problems.ts";
import type { Setting } from "../../organization/setting-lock.ts";

/** A setting is a row of its own, so that each has its own error. */
interface Row {
  readonly id: Setting;
  readonly changes: Changes;
}
export type Changes = { readonly [Name in Setting]?: Organization[Name] };

const SETTINGS: readonly Setting[] = ["name", "jit", "defaultRole"];

/** The settings of an organization, with changes that show at once, and why the last change of each failed. */
export function useSettings(organizationId: string) {
  const platform = usePlatform();
  const client = usePlatformClient();
  const query = useQuery(
    platform.org.get.queryOptions({ organizationId }, { refetchInterval: pollWhileFailing }),
  );
  const { data } = query;
  const loaded = useMemo(() => (data === undefined ? [] : rowsOf(data)), [data]);
  const { rows, errors, change, dismiss } = useOptimisticRows<Row>({
    queryKey: platform.org.get.queryKey({ organizationId }),
    rows: loaded,
    idOf: ({ id }) => id,
    compare: () => 0,
  });
  const shown: Changes = Object.assign({}, ...rows.map(({ changes }) => changes));
  const organization = data && { ...data, ...shown };

  const { beginRename, endRename } = useNameInHeader(organizationId, organization?.name);

  async function send(id: Setting, changes: Changes): Promise<boolean> {
    if (id === "name") beginRename();
    try {
      await change({
        id,
        apply: () => ({ id, changes }),
        send: async () => rowOf(await client.org.update.mutate(inputOf(organizationId, changes)), id),
      });
      return true;
    } catch {
      return false;
    } finally {
      if (id === "name") endRename();
    }
  }

  return {
    query,
    organization,
    send,
    dismiss,
    problemOf(id: Setting): AppReason | null {
      const error = errors.get(id);
      return error === undefined ? null : errorReason(error);
    },
  };
}

function inputOf(organizationId: string, { name, jit, defaultRole }: Changes) {
  return {
    organizationId,
    ...(name !== undefined && { name }),
    ...(jit !== undefined && { jit }),
    ...(defaultRole !== undefined && defaultRole !== "owner" && { defaultRole }),
  };
}

/** Once the user has renamed the organization, the header shows the name that the page shows. */
function useNameInHeader(organizationId: string, name: string | undefined) {
  const queryClient = useQueryClient();
  const queryKey = usePlatform().org.me.queryKey();
  const hasRenamed = useRef(false);
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  useEffect(() => {
    if (!hasRenamed.current || name === undefined) return;
    void queryClient.cancelQueries({ queryKey }); // its answer is older
    queryClient.setQueryData(
      queryKey,
      (me) =>
        me && { ...me, organizations: me.organizations.map((each) => renamed(each, organizationId, name)) },
    );
  }, [name]);
  return {
    beginRename() {
      hasRenamed.current = true;
    },
    endRename() {
      if (!isShown.current) void queryClient.invalidateQueries({ queryKey });
    },
  };
}

function renamed<T extends { id: string; name: string }>(each: T, id: string, name: string): T {
  return each.id === id ? { ...each, name } : each;
}

function rowsOf(organization: Organization): readonly Row[] {
  return SETTINGS.map((id) => rowOf(organization, id));
}

function rowOf(organization: Organization, id: Setting): Row {
  return { id, changes: { [id]: organization[id] } };
}
