import {
  type InferDataFromTag,
  type QueryClient,
  type QueryKey,
  type UseMutationOptions,
  type UseMutationResult,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";

export interface OptimisticChange<Data, Variables, Answer> {
  /**
   * What is shown with the change: at once, and again with the server's `answer` when it is there, null before. It must not
   * change `shown` itself.
   */
  readonly apply: (shown: Data, variables: Variables, answer: Answer | null) => Data;
}

/** What one query showed before and with a change. */
interface Shown {
  readonly queryKey: QueryKey;
  readonly before: unknown;
  readonly after: unknown;
}

/** What a change has done to the queries. */
export interface Applied {
  readonly shown: readonly Shown[];
  /** Those whose loading it has ended: they would have shown what was before the change. */
  readonly ended: readonly QueryKey[];
}

/**
 * A mutation whose effect is shown at once, in every query whose key begins with `queryKey`. After a refusal or an outage
 * they show what they showed before and are loaded again; `reasonOf(result.error)` is the server's reason. After a success
 * they show the server's answer and are not loaded again, because a list may lag behind it for a second.
 * @param mutation such as `platform.org.members.setRole.mutationOptions()`
 */
export function useOptimisticMutation<Answer, Failure, Variables, Key extends QueryKey>(
  mutation: Omit<UseMutationOptions<Answer, Failure, Variables>, "onMutate">,
  {
    queryKey,
    apply,
  }: { readonly queryKey: Key } & OptimisticChange<
    InferDataFromTag<unknown, Key>,
    NoInfer<Variables>,
    NoInfer<Answer>
  >,
): UseMutationResult<Answer, Failure, Variables, Applied> {
  type Data = InferDataFromTag<unknown, Key>;
  const queryClient = useQueryClient();
  const show = (variables: Variables, answer: Answer | null) =>
    queryClient.setQueriesData<Data>({ queryKey }, (shown) =>
      shown === undefined ? undefined : apply(shown, variables, answer),
    );
  return useMutation<Answer, Failure, Variables, Applied>({
    ...mutation,
    async onMutate(variables) {
      const queries = queryClient.getQueryCache();
      const loading = queries.findAll({ queryKey, fetchStatus: "fetching" });
      const ended = loading.map((query) => query.queryKey);
      await queryClient.cancelQueries({ queryKey });
      const before = queryClient.getQueriesData({ queryKey });
      show(variables, null);
      const shown = before.map(([key, data]) => {
        return { queryKey: key, before: data, after: queryClient.getQueryData(key) };
      });
      return { shown, ended };
    },
    onSuccess(answer, variables, applied, context) {
      show(variables, answer);
      reload(queryClient, applied.ended);
      return mutation.onSuccess?.(answer, variables, applied, context);
    },
    onError(error, variables, applied, context) {
      for (const { queryKey: key, before, after } of applied?.shown ?? []) {
        // Another change may stand on this one: what is loaded below decides then.
        if (queryClient.getQueryData(key) === after) queryClient.setQueryData(key, before);
      }
      reload(queryClient, [queryKey]);
      return mutation.onError?.(error, variables, applied, context);
    },
  });
}

function reload(queryClient: QueryClient, queryKeys: readonly QueryKey[]): void {
  for (const queryKey of queryKeys) void queryClient.invalidateQueries({ queryKey });
}
