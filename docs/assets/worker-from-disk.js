/* Browsers refuse workers to pages opened from disk, and the search runs in one. There, a hidden frame takes its place:
   the worker's script runs in it as it is, and messages pass between the two windows as they would between threads:
   copied, and each in a turn of its own. Served pages are left alone. */
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super()
      this.onmessage = null
      this.frame = document.createElement("iframe")
      this.frame.hidden = true
      document.body.append(this.frame)
      this.inside = this.frame.contentWindow
      this.inside.postMessage = (told) => {
        const data = structuredClone(told)
        setTimeout(() => this.hear(new MessageEvent("message", { data })))
      }
      this.inside.importScripts = (...scripts) => Promise.all(scripts.map((script) => this.load(script)))
      this.ready = this.load(address)
    }

    load(address) {
      return new Promise((resolve, reject) => {
        const script = this.frame.contentDocument.createElement("script")
        script.src = new URL(address, location.href).href
        script.onload = resolve
        script.onerror = reject
        this.frame.contentDocument.body.append(script)
      })
    }

    hear(message) {
      this.dispatchEvent(message)
      if (this.onmessage) this.onmessage(message)
    }

    postMessage(told) {
      const data = structuredClone(told)
      this.ready.then(() =>
        setTimeout(() => this.inside.dispatchEvent(new this.inside.MessageEvent("message", { data }))),
      )
    }

    terminate() {
      this.frame.remove()
    }
  }
}
