export default function Home() {
  return <h1>Gear</h1>;
}
