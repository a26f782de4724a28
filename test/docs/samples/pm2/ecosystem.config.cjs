module.exports = {
  apps: [
    {
      name: "shop",
      script: "server.mjs",
      exec_mode: "cluster",
      instances: 2,
      wait_ready: true, // until server.mjs calls process.send("ready")
      kill_timeout: 10_000, // tracker.close() delivers for five seconds at most
      env: { NODE_ENV: "production", OUTBOX_PATH: "/var/lib/shop/avantlink.sqlite" },
    },
  ],
};
