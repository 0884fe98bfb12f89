import './style/font.css'
import './style/tokens.css'
import './style/base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { theme } from './lib/theme.svelte'

theme.apply()
mount(App, { target: document.getElementById('app')! })
