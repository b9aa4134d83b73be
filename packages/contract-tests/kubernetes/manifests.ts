import type { Environment } from "@platform-api/platform-api";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import { CronJob } from "kubernetes-models/batch/v1/CronJob";
import { Ingress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { Namespace } from "kubernetes-models/v1/Namespace";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import { parseAllDocuments } from "yaml";
import { kubectl } from "./kubectl.ts";

/** A class of kubernetes-models. Its schema refuses a missing field and a value of the wrong type. */
interface ObjectType<T> {
  readonly kind: string;
  is(value: unknown): value is T;
  new (data: T): { validate(): void };
}

const validatorOf =
  <T>(type: ObjectType<T>) =>
  (object: unknown): boolean => {
    if (!type.is(object)) return false;
    new type(object).validate();
    return true;
  };

const VALIDATORS = [
  validatorOf(Namespace),
  validatorOf(ConfigMap),
  validatorOf(Service),
  validatorOf(ServiceAccount),
  validatorOf(Deployment),
  validatorOf(CronJob),
  validatorOf(Ingress),
  validatorOf(NetworkPolicy),
  validatorOf(PodDisruptionBudget),
  validatorOf(HorizontalPodAutoscaler),
];

/** @throws for an object of another kind, and for a missing field or a wrong value. For unknown fields, see `closed-types.ts` */
export function validate(object: unknown): void {
  if (!VALIDATORS.some((isValid) => isValid(object)))
    throw new Error(`unknown kind: ${JSON.stringify(object)}`);
}

/** What `kubectl kustomize` makes of a folder of `deploy/kubernetes`, or of a copy of that. */
export async function build(folder: string, root = "deploy/kubernetes"): Promise<Manifests> {
  return manifestsIn(await kubectl("kustomize", `${root}/${folder}`));
}

/** The objects of one cluster, by their kinds. */
export type Manifests = ReturnType<typeof manifestsIn>;

function manifestsIn(text: string) {
  const all: readonly unknown[] = parseAllDocuments(text).map((document) => document.toJS());
  return {
    all,
    configMaps: all.filter(ConfigMap.is),
    services: all.filter(Service.is),
    serviceAccounts: all.filter(ServiceAccount.is),
    deployments: all.filter(Deployment.is),
    cronJobs: all.filter(CronJob.is),
    autoscalers: all.filter(HorizontalPodAutoscaler.is),
    disruptionBudgets: all.filter(PodDisruptionBudget.is),
    networkPolicies: all.filter(NetworkPolicy.is),
    ingresses: all.filter(Ingress.is),
  };
}

/** The pods that an object makes. */
type PodTemplate = ReturnType<typeof podTemplates>[number];

/** The pods of every Deployment and CronJob. */
export function podTemplates({ deployments, cronJobs }: Manifests) {
  const templates = [
    ...deployments.map(({ metadata, spec }) => ({ of: metadata?.name, template: spec?.template })),
    ...cronJobs.map(({ metadata, spec }) => ({
      of: metadata?.name,
      template: spec?.jobTemplate.spec?.template,
    })),
  ];
  return templates.map(({ of: name = "", template }) => {
    const [container, ...others] = template?.spec?.containers ?? [];
    if (template?.spec === undefined || container === undefined || others.length > 0)
      throw new Error(`${name} does not make pods with one container`);
    return { name, labels: template.metadata?.labels ?? {}, pod: template.spec, container };
  });
}

/** @throws when nothing of this name makes pods */
export function podOf(manifests: Manifests, name: string): PodTemplate {
  const found = podTemplates(manifests).find((pod) => pod.name === name);
  if (found === undefined) throw new Error(`no pod is made by ${name}`);
  return found;
}

/** Whether the selector, without expressions, selects what has these labels. An empty one selects everything. */
export function selects(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}

/** The variables of a container, without those of Secrets. */
export function variablesOf(
  { configMaps }: Manifests,
  { env = [], envFrom = [] }: PodTemplate["container"],
): Environment {
  const ofConfigMaps = envFrom.map(({ configMapRef }) => {
    return configMaps.find(({ metadata }) => metadata?.name === configMapRef?.name)?.data;
  });
  return Object.assign({}, ...ofConfigMaps, ...env.map(({ name, value }) => ({ [name]: value })));
}
