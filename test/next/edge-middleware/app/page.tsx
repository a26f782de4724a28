export default function Page() {
  return <h1>Gear</h1>;
}
