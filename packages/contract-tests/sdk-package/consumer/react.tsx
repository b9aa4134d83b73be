import { PlatformProvider, usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";

export function App() {
  return (
    <PlatformProvider url="http://127.0.0.1:4000" token={() => "t"}>
      <Me />
    </PlatformProvider>
  );
}

function Me() {
  const { data } = useQuery(usePlatform().org.me.queryOptions());
  return <p>{data?.user.userId}</p>;
}
