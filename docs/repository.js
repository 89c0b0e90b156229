// The examples are no part of the book: from its pages their links lead to the repository.
const repository = "https://github.com/greenroom-rs/greenroom/blob/HEAD/";
for (const link of document.querySelectorAll('main a[href^="../"]')) {
    link.href = repository + link.getAttribute("href").slice("../".length);
}
